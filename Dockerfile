# Handset in a container: it runs as a non-root user and works with a read-only root file system and a tmpfs at /tmp.
#   docker build -t handset .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:8080:8080 -v handset-data:/data handset

FROM node:26-slim AS package
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY sdk/package.json sdk/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm pack && mkdir /app && tar -xzf handset-*.tgz -C /app --strip-components=1

FROM node:26-slim
LABEL org.opencontainers.image.title="Handset" \
      org.opencontainers.image.description="The device registry for mobile operators and MVNOs" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=package /app ./
RUN mkdir /data && chown 1000:1000 /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 HANDSET_DATA=/data HANDSET_DEMO=0
USER 1000:1000
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/handset.js"]
CMD ["serve"]
