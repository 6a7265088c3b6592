# The image of one of our programs; SERVICE is quiz-service, answer-service, leaderboard-service, gateway or operator:
#   docker build --build-arg SERVICE=gateway -t quizboard/gateway:0.1.0 .
# Where bundles are made outside of images, `npm run bundle` writes a Dockerfile of the last stage alone into dist/<service>.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS bundles
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci && npm run bundle

FROM node:24-bookworm-slim AS image
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Quizboard ${SERVICE}" \
      org.opencontainers.image.vendor="Quizboard" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
ENV NODE_ENV=production
COPY --from=bundles /src/dist/${SERVICE}/app/ /app/
# Any other user does as well: nothing is written.
USER 10001:10001
WORKDIR /app
EXPOSE 8080 8081 9464
# No shell and no npm between: signals reach the program, which ends in order. kafkajs sets timers in the past, hence the option.
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "/app/main.mjs"]
