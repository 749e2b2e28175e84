# The server as an image, for amd64 and arm64; `config/compose.yaml` has what belongs around it. Alone:
#
#   docker build --tag api_queue .
#   docker run --init --publish 8000:8000 --publish 1883:1883 --volume api_queue:/data --volume /mnt/Music:/mnt/Music:ro \
#       --env API_QUEUE_PUBLIC_URL=http://ADDRESS-OF-THIS-MACHINE:8000 api_queue
ARG PYTHON=3.13.7-slim-bookworm

FROM python:${PYTHON} AS built
WORKDIR /source
COPY requirements.lock ./
# Each package has the hash that the lock file has, and is a wheel.
RUN python -m venv /opt/api_queue && \
    /opt/api_queue/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.lock
COPY . ./
RUN /opt/api_queue/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:${PYTHON}
# hadolint ignore=DL3008  # Debian keeps only the newest release of each, with its mended faults
RUN apt-get update && \
    apt-get install --yes --no-install-recommends ffmpeg && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --uid 8000 --home-dir /data api-queue && \
    install -d -o api-queue -g api-queue -m 700 /data
COPY --from=built /opt/api_queue /opt/api_queue
USER 8000:8000
WORKDIR /data
ENV API_QUEUE_DATA=/data
VOLUME /data
EXPOSE 8000 1883 9001
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/opt/api_queue/bin/python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
ENTRYPOINT ["/opt/api_queue/bin/api_queue"]
CMD ["serve"]
