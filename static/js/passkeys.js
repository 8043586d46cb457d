// Says why a passkey did not work; allauth's own script only writes to the console.

const notice = document.getElementById("passkey_error");

const REASONS = {
  NotAllowedError: "The passkey was not used: the dialogue was closed or took too long.",
  InvalidStateError: "This passkey is already on your account.",
  NotSupportedError: "This device cannot make such a passkey.",
};

// The standard binds a passkey to a name; browsers refuse a bare address such as 127.0.0.1.
const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
const named = location.origin.replace(location.hostname, "localhost");

const reason = (error) => {
  if (!window.PublicKeyCredential) return "This browser cannot use passkeys here. They need HTTPS.";
  if (isAddress) return `Passkeys need a name in the address: open this page as ${named}.`;
  return REASONS[error.name] ?? "The passkey did not work. Please try again.";
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  notice.textContent = reason(event.detail.exception);
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
});
