# One image for the three roles: serve (API and pages), worker, migrate.
#   docker build -t escale .          docker run escale serve|worker|migrate

FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.12-slim AS packages
WORKDIR /app
COPY requirements-prod.lock ./
RUN python -m venv /opt/escale \
    && /opt/escale/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements-prod.lock

FROM python:3.12-slim
ENV PATH=/opt/escale/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin escale \
    && install --directory --owner=escale --mode=0700 /documents
WORKDIR /app
COPY --from=packages /opt/escale /opt/escale
COPY --from=assets /app/node_modules ./node_modules
COPY settings.py logs.py ./
COPY domain ./domain
COPY data ./data
COPY matching ./matching
COPY clients ./clients
COPY services ./services
COPY api ./api
COPY workers ./workers
COPY migrations ./migrations
COPY ops ./ops
RUN python -m compileall -q .
USER 10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "ops.cli"]
CMD ["serve", "--host", "0.0.0.0"]
