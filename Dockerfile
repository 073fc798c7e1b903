# Two stages: the first installs and learns from the packs, the second only runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /app
COPY requirements.txt ./
RUN /app/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY knowledge knowledge
COPY bot bot
COPY adapters adapters
RUN /app/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && /app/bin/signpost compile

FROM python:3.11-slim-bookworm
# Where the database, its key and signpost.yaml stand, unless settings say otherwise.
RUN useradd --system --uid 10001 --no-create-home signpost \
    && install --directory --owner=10001 --mode=0700 /data
COPY --from=build /app /app
USER 10001
WORKDIR /data
VOLUME /data
ENV PYTHONDONTWRITEBYTECODE=1
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["/app/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["/app/bin/signpost"]
CMD ["serve", "--host", "0.0.0.0"]
