# docker build -t award . && docker run -p 8000:8000 -v award:/var/lib/award award
# With PostgreSQL, workers and a proxy: compose.yaml.
FROM debian:13-slim

COPY . /srv/award
WORKDIR /srv/award
ENV AWARD_DIRECTORY=/var/lib/award

# postgresql-client is what ./run backup and ./run restore call.
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 postgresql-client \
    && ./run setup \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/award award \
    && install -d -o award -m 700 /var/lib/award /var/backups/award

USER award
VOLUME /var/lib/award
EXPOSE 8000
CMD ["./run", "serve", "--host", "0.0.0.0"]
