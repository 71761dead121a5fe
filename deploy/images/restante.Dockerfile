# The one image of Restante: the command with everything of a site, at /opt/restante as on a server.
# Built from the repository's root: docker build -f deploy/images/restante.Dockerfile -t restante .
#
# Use the newest release of Node 26 with its security fixes: --build-arg NODE_IMAGE=node:26.12.1-bookworm-slim or later.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS base
# Node 26 needs libatomic; most of its images bring it.
RUN node --version >/dev/null 2>&1 \
  || (apt-get update -qq && apt-get install -y -qq --no-install-recommends libatomic1 \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin)

FROM base AS build
WORKDIR /build
RUN npm install --global --no-audit --no-fund pnpm@12.21.0
# The packages first: they change less often than our code.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch --reporter=append-only
COPY . .
RUN pnpm install --frozen-lockfile --prefer-offline --reporter=append-only \
  && deploy/make-release.sh /opt/restante \
  && ln -sf /usr/local/bin/node /opt/restante/bin/node

FROM base
COPY --from=build /opt/restante /opt/restante
# Volumes that are mounted here begin with these owners.
RUN ln -s /opt/restante/bin/restante /usr/local/bin/restante \
  && install -d -o node -g node -m 0700 /var/lib/restante /etc/restante/pki
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=1048576 UV_THREADPOOL_SIZE=16
WORKDIR /var/lib/restante
USER node
# 25 and 26 mail, 465 and 587 submission, 143 and 993 IMAP, 110 and 995 POP3, 80 and 443 ACME and settings, 8443 the other
# sites, 8025 operators (never publish it to the world).
EXPOSE 25 26 80 110 143 443 465 587 993 995 8443 8025
VOLUME /var/lib/restante
# The URL is that of listen.http.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/opt/restante/deploy/images/ready.mjs", "http://127.0.0.1:8025/readyz"]
ENTRYPOINT ["restante"]
CMD ["--help"]
