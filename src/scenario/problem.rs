//! What a scenario or row that cannot be used is for the control API.

use axum::http::StatusCode;

use super::LoadError;
use crate::support::problem::Problem;

/// 422: a scenario or row that was sent or named is invalid.
fn unusable(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}

impl From<LoadError> for Problem {
    fn from(error: LoadError) -> Self {
        let detail = error.to_string();
        match error {
            LoadError::Unknown { .. } | LoadError::NoCatalog { .. } => Self::unknown(detail),
            LoadError::Unreadable { source, .. } => unusable(format!("{detail}: {source}")),
            LoadError::Broken { name, findings } => {
                unusable(format!("scenario \"{name}\" cannot be used; nothing has changed")).with_findings(&findings)
            }
            LoadError::BadRow { findings } => {
                unusable("the row cannot be used; nothing has changed".to_owned()).with_findings(&findings)
            }
        }
    }
}
