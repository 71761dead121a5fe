# The one image of Restante: `restante` with everything of a site. Built from the repository's root.
#
# Two stages: the first compiles with all tools, the second holds compiled JavaScript and production packages only.
# The base brings Node 26; use a tag >= 26.12.1 where there is one (security release of 21 October 2026).
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
RUN npm install --global --no-audit --no-fund pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.json ./
COPY packages packages
COPY test/package.json test/package.json
# The compiler and its native program are optional or development packages; they stay in this stage.
RUN pnpm install --frozen-lockfile && pnpm build
RUN find packages -path '*/node_modules' -prune -o -name '*.ts' ! -name '*.d.ts' -print -delete >/dev/null; rm -rf node_modules packages/*/node_modules test/node_modules \
  && pnpm install --frozen-lockfile --prod --no-optional

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
RUN ln -s /app/deploy-restante /usr/local/bin/restante; printf '#!/bin/sh\nexec node /app/packages/cli/dist/main.js "$@"\n' > /app/deploy-restante && chmod 755 /app/deploy-restante \
  && mkdir -p /var/lib/restante /etc/restante && chown node:node /var/lib/restante /etc/restante
USER node
VOLUME /var/lib/restante
EXPOSE 25 26 8025 8443
ENTRYPOINT ["restante"]
CMD ["--help"]
