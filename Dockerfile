# Dateline's server with its models inside: it needs no network. Nothing in it is written to but /archive and /tmp.
#
#   docker compose run --rm dateline user add ada     a user first: beyond one machine, somebody has to log in
#   docker compose up -d                              then the server, at http://127.0.0.1:7860

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
# hadolint ignore=DL3013
RUN pip install --no-cache-dir --disable-pip-version-check uv
COPY constraints.txt ./
COPY deploy/without-torch.txt deploy/
RUN uv venv /opt/dateline
COPY pyproject.toml README.md LICENSE NOTICE app.py ./
COPY ingest ingest
COPY qa qa
COPY web web
COPY examples examples
RUN uv pip install --python /opt/dateline/bin/python --no-cache --compile-bytecode --link-mode copy \
    --constraint constraints.txt --override deploy/without-torch.txt ".[formats,otel]"

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 dateline \
    && useradd --uid 10001 --gid dateline --home-dir /tmp --no-create-home --shell /usr/sbin/nologin dateline \
    && install --directory --owner dateline --group dateline --mode 0700 /archive
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH \
    HOME=/tmp \
    GRADIO_TEMP_DIR=/tmp/gradio \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATELINE_ARCHIVE=/archive \
    DATELINE_HOST=0.0.0.0 \
    DATELINE_LOG_FORMAT=json
USER 10001:10001
WORKDIR /archive
VOLUME /archive
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/api/v1/health', timeout=4)"]
ENTRYPOINT ["dateline"]
CMD ["serve"]
