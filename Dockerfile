# One image for every part of the site; docker-compose.prod.yml says which command runs.
FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt requirements-build.txt ./
# As local/bootstrap.py installs: the files name every package, so nothing is resolved again.
RUN python -m venv /venv && for file in requirements-build.txt requirements.txt; do \
    /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --require-hashes -r $file || exit 1; done
ENV PATH=/venv/bin:$PATH

FROM packages AS static
WORKDIR /app
COPY . .
# make run does without the browser code of others where it cannot be had; an image does not.
RUN python -c "from local.assets import fetch_assets; fetch_assets()" && test -s var/vendor/lightweight-charts.js
# Settings want a key; this one is thrown away.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") DATABASE_URL=postgresql:///none \
    REDIS_URL=unix:///none STATIC_ROOT=/srv/static python manage.py collectstatic --noinput

FROM python:3.11.14-slim-bookworm
# pg_dump must not be older than the server, and Debian's is: PostgreSQL's own packages, in their latest patch.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 tcg \
    && install --directory --owner tcg --group tcg /backups /data /metrics /static
COPY --from=packages /venv /venv
COPY --from=static /srv/static /srv/static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static \
    BULK_DIR=/data/bulk MEDIA_ROOT=/data/media SPOOL_DIR=/data/spool
WORKDIR /app
# Belongs to root, so that the site cannot change itself.
COPY . .
RUN python -m compileall -q .
USER 10001:10001
EXPOSE 8000 8001
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
