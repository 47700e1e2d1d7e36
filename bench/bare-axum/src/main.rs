//! Answers recorded bytes with recorded headers, and does nothing else: the limit of what a server on this stack can do.
//!
//! `bare-axum ADDRESS ANSWERS.json`, where the file is a list of `{method, path, status, headers, body}`, and `body` the
//! name of a file beside it. Any other request gets a 404.

use std::path::Path;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, on};

#[derive(serde::Deserialize)]
struct Answer {
    method: String,
    path: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare-axum ADDRESS ANSWERS.json".into());
    };
    let answers: Vec<Answer> = serde_json::from_slice(&std::fs::read(&file)?)?;
    let directory = Path::new(&file).parent().unwrap_or(Path::new("."));
    let mut router = Router::new();
    for answer in answers {
        router = add(router, directory, answer)?;
    }
    // One thread, as the server that it is compared with has one core.
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, router).await
    })?;
    Ok(())
}

fn add(router: Router, directory: &Path, answer: Answer) -> Result<Router, Box<dyn std::error::Error>> {
    let body = Bytes::from(std::fs::read(directory.join(&answer.body))?);
    let status = StatusCode::from_u16(answer.status)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let method = MethodFilter::try_from(axum::http::Method::try_from(answer.method.as_str())?)?;
    // The body of the request is read, as any server must.
    let handler = move |_: Bytes| {
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = status;
        response.headers_mut().clone_from(&headers);
        std::future::ready(response)
    };
    Ok(router.route(&answer.path, on(method, handler)))
}
