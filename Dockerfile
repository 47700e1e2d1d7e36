# The mock as one static binary on an empty image: no shell, no libc, no package to patch.
#
#   docker build -t r1-entitlements-mock .
#   docker run --rm -p 127.0.0.1:8080:8080 r1-entitlements-mock
#
# Builds with BuildKit and with the classic builder, for amd64 and arm64.

FROM rust:1.95-bookworm AS build
WORKDIR /build

# glibc is linked in, at a fixed address, which saves 300 kB and time at each start. Naming the target, even though it is the host's own, keeps these flags away from
# procedural macros and build scripts, which cannot be built statically.
ENV CARGO_BUILD_TARGET=host-tuple \
    RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static"

# The dependencies first, under stubs of the crate, so that this layer lasts until a manifest changes.
# (A [[bench]] or [[test]] named in Cargo.toml needs its stub here too.)
COPY Cargo.toml Cargo.lock ./
RUN mkdir src benches tests \
 && touch tests/suite.rs tests/many.rs \
 && echo '//! Stub.' > src/lib.rs \
 && printf '//! Stub.\nfn main() {}\n' | tee src/main.rs > benches/sandboxes.rs \
 && cargo build --profile dist --locked

# Then the crate; `touch`, because the sources may be older than the stubs.
COPY . .
RUN touch src/lib.rs src/main.rs \
 && cargo build --profile dist --locked --bin r1-entitlements-mock \
 && cp target/*/dist/r1-entitlements-mock /r1-entitlements-mock

FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="r1-entitlements-mock" \
      org.opencontainers.image.description="A simulator of the RUCKUS One Entitlements API" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /r1-entitlements-mock /r1-entitlements-mock
USER 65532:65532
ENV R1MOCK_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=500ms --timeout=2s --retries=3 \
    CMD ["/r1-entitlements-mock", "healthcheck"]
ENTRYPOINT ["/r1-entitlements-mock"]
