# Builds with the same steps as scripts/run, then keeps the program, libsqlite3 and libc, and curl for `netral sync`.
FROM swift:6.3-bookworm AS build
WORKDIR /netral
COPY . .
RUN scripts/prepare run
RUN install -D -s "$(scripts/build)" /out/netral

FROM debian:bookworm-slim
RUN apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends ca-certificates curl libsqlite3-0 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --home-dir /data --shell /usr/sbin/nologin netral \
  && install -d -o netral -g netral -m 700 /data
COPY --from=build /out/netral /usr/local/bin/netral
COPY scripts/demo-and-serve /usr/local/bin/demo-and-serve
USER netral
WORKDIR /data
VOLUME /data
ENV NETRAL_DATABASE=/data/netral.sqlite NETRAL_HOST=0.0.0.0
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["netral", "serve"]
