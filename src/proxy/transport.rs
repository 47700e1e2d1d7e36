//! Connections to the upstream, with TLS by the scheme of its URL.

use std::{path::PathBuf, sync::Arc};

use axum::{
    body::{Body, HttpBody},
    http::{Request, Response},
};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// A client with two ways to connect.
#[derive(Debug)]
pub struct Transport {
    /// Keeps connections for what can be sent twice.
    kept: Outgoing,
    /// Makes a connection for each request.
    fresh: Outgoing,
}

type Outgoing = Client<HttpsConnector<HttpConnector>, Body>;

/// Why TLS could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum BadTls {
    /// The file is none with certificates.
    #[error("{path} is no PEM file with root certificates: {reason}")]
    Ca {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The library does not want to.
    #[error("TLS is not available")]
    Library(#[from] rustls::Error),
}

/// Connects with or without TLS, by the scheme of the URL. It trusts the root certificates in the file, or the web's.
pub(crate) fn connector(mut http: HttpConnector, ca: Option<PathBuf>) -> Result<HttpsConnector<HttpConnector>, BadTls> {
    // Named, because a program that embeds this may have another provider as its default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let tls = match ca {
        Some(path) => tls.with_root_certificates(roots(path)?),
        None => tls.with_webpki_roots(),
    };
    http.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls.with_no_client_auth()).https_or_http();
    Ok(connector.enable_http1().wrap_connector(http))
}

impl Transport {
    /// Ready to connect; trusts the root certificates in the file, or the web's.
    pub fn new(ca: Option<PathBuf>) -> Result<Self, BadTls> {
        let connector = connector(HttpConnector::new(), ca)?;
        let kept = Client::builder(TokioExecutor::new()).build(connector.clone());
        let fresh = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { kept, fresh })
    }

    /// A kept connection may be closed by the upstream just when it is used again, and nobody can tell
    /// whether it has done what it was asked. So only what reads is sent over one, and then once more.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Error> {
        if !request.method().is_safe() || !request.body().is_end_stream() {
            return self.fresh.request(request).await;
        }
        let mut again = Request::new(Body::empty());
        *again.method_mut() = request.method().clone();
        *again.uri_mut() = request.uri().clone();
        *again.headers_mut() = request.headers().clone();
        match self.kept.request(request).await {
            Err(error) if !error.is_connect() => self.fresh.request(again).await,
            sent => sent,
        }
    }
}

fn roots(path: PathBuf) -> Result<RootCertStore, BadTls> {
    let mut roots = RootCertStore::empty();
    let read = || {
        for certificate in CertificateDer::pem_file_iter(&path).map_err(|error| error.to_string())? {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(roots) }
    };
    read().map_err(|reason| BadTls::Ca { path, reason })
}
