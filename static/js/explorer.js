// Draws the API's document with Swagger UI. A change made here carries the CSRF token, as those of a page do.
const place = document.getElementById("explorer");

function token() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

async function draw() {
  const answer = await fetch(place.dataset.document, { headers: { Accept: "application/json" } });
  const spec = { ...(await answer.json()), servers: [{ url: location.origin }] };
  window.SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor(request) {
      if (request.method !== "GET") request.headers["X-CSRFToken"] = token();
      return request;
    },
  });
}

draw();
