# One image for web, worker and beat; docker-compose.yml says which command runs.
FROM python:3.11-slim AS build
COPY requirements.txt requirements-build.txt ./
# As local/bootstrap.py installs: the files name every package, so nothing is resolved again.
RUN python -m venv /venv && for file in requirements-build.txt requirements.txt; do \
    /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --require-hashes -r $file || exit 1; done

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 tcg
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/app/var/static
WORKDIR /app
COPY --chown=tcg . .
RUN mkdir -p var && chown tcg var
USER tcg
# The values serve this one step; the running container is given its own.
RUN SECRET_KEY=only-for-collecting-static-files-in-this-build-step DATABASE_URL=postgresql:///none \
    REDIS_URL=redis://none/0 python manage.py collectstatic --noinput
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
