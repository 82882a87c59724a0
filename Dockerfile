# SPDX-License-Identifier: Apache-2.0
# A mission served from a container:
#   docker build -t trucewatch .
#   docker run -p 127.0.0.1:8470:8470 -v /srv/mission:/mission trucewatch
# The mission folder must belong to user 10001. Put a proxy that speaks TLS before it, or give --tls-cert and --tls-key.
FROM debian:12 AS build
WORKDIR /src
COPY . .
RUN tools/setup && tools/build

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tzdata libfmt9 libyaml-cpp0.7 libdate-tz3 libgeos-c1v5 \
       libgeographiclib23 libicu72 libsqlite3-0 libsodium23 libssl3 libsimdjson14 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin truce
COPY --from=build /src/build/release/truce /usr/local/bin/truce
USER truce
VOLUME /mission
EXPOSE 8470
HEALTHCHECK --interval=30s --timeout=5s CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8470 && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '\"ok\"' <&3"]
ENTRYPOINT ["truce", "serve", "/mission", "--listen", "0.0.0.0:8470"]
