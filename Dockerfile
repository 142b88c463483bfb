# Waybill's image: the stack's processes, without a database. compose.yaml adds PostgreSQL.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# Generates Prisma's client, then builds the console and records of which sources.
RUN node server/cli/bootstrap.mjs build-console && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm: signals arrive, and nothing is installed at start.
CMD ["node", "--disable-warning=ExperimentalWarning", "server/cli/start.ts", "--data", "/data", "--logs"]
