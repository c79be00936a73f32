# docker build -t award . && docker run -p 8000:8000 -v award:/var/lib/award award
FROM debian:13-slim

COPY . /srv/award
WORKDIR /srv/award
ENV AWARD_DIRECTORY=/var/lib/award

RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 \
    && ./run setup \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/award award \
    && chown -R award: /var/lib/award

USER award
VOLUME /var/lib/award
EXPOSE 8000
CMD ["./run", "serve", "--host", "0.0.0.0"]
