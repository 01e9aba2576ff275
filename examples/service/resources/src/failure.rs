//! What the errors of resources are in HTTP.

use api::Problem;
use axum::http::StatusCode;
use pepperplug::resources::ResourceError;

pub(crate) fn problem(error: ResourceError) -> Problem {
    let status = match &error {
        ResourceError::Unknown { .. } => StatusCode::NOT_FOUND,
        ResourceError::Exists { .. }
        | ResourceError::FileExists { .. }
        | ResourceError::SharedFile { .. } => StatusCode::CONFLICT,
        ResourceError::Changed { .. } | ResourceError::ContentChanged { .. } => {
            StatusCode::PRECONDITION_FAILED
        }
        ResourceError::Name { .. }
        | ResourceError::Path { .. }
        | ResourceError::NoFile { .. }
        | ResourceError::NotAFile { .. }
        | ResourceError::Metadata { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ResourceError::NotOpen { .. } | ResourceError::Locked { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let detail = match status {
        // Where the files are is nobody's business.
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE => {
            tracing::error!(%error, "resources");
            "the resources cannot be used; the log says why".to_owned()
        }
        _ => said(&error),
    };
    Problem::new(status, detail)
}

/// What it says of the resource, without the code and the folder.
fn said(error: &ResourceError) -> String {
    match error {
        ResourceError::NoFile { name, path, .. } => {
            format!("resource `{name}`: there is no file `{path}`")
        }
        ResourceError::NotAFile {
            name, path, kind, ..
        } => format!("resource `{name}`: `{path}` is {kind}, and a resource is a file"),
        _ => {
            let text = error.to_string();
            match text.split_once("] ") {
                Some((_, text)) => text.to_owned(),
                None => text,
            }
        }
    }
}
