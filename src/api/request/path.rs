//! The variable parts of a path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::{api::response::error::ApiError, model::AssignmentId};

/// The variable parts of the path. A part that is no text names nothing: there is no such path.
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(segments) = Path::from_request_parts(parts, state).await.map_err(|_| ApiError::UnknownPath)?;
        Ok(Self(segments))
    }
}

/// The assignment that a path names.
pub struct AssignmentPath(pub AssignmentId);

impl<S: Send + Sync> FromRequestParts<S> for AssignmentPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Segments(id) = Segments::<String>::from_request_parts(parts, state).await?;
        let bad = |_| ApiError::BadPath { name: "id", value: id.clone(), expected: "a whole number" };
        id.parse().map(Self).map_err(bad)
    }
}
