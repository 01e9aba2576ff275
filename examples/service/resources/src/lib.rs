//! Resources over HTTP, as REST has them: a record each with metadata, and its contents.
//!
//! | request | does |
//! | --- | --- |
//! | `POST /resources` | creates one for a file that is there: `{"name", "path", "metadata"}` |
//! | `GET /resources` | lists them, in the order of their creation |
//! | `GET /resources/{name}` | one of them, with its revision as `ETag` |
//! | `PATCH /resources/{name}` | merges metadata; with `If-Match` only on the revision that the client has seen |
//! | `DELETE /resources/{name}` | forgets it, and with `?file=true` deletes its file; `If-Match` as above |
//! | `PUT /resources/{name}/content?path=…` | its contents; creates it where there is none and a path is given |
//! | `GET /resources/{name}/content` | its contents |
//!
//! All of it wants to know who asks.

mod failure;
mod request;

use api::{Body, HttpCall, Problem, Response};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::TryStreamExt;
use http_body_util::LengthLimitError;
use pepperplug::plugins::ResourcePlugin;
use pepperplug::prelude::*;
use pepperplug::resources::{DeleteOptions, Metadata, ResourceInfo};
use serde::Deserialize;
use tokio_util::io::{ReaderStream, StreamReader};

use crate::failure::problem;
use crate::request::{Target, content_tag, none_match, revision};

/// How long the JSON of a request may be.
const MAX_JSON: usize = 256 * 1024;

/// Resources over HTTP.
#[plugin(name = "resources", description = "resources over HTTP")]
#[derive(Debug)]
pub struct ResourcesPlugin {
    #[inject]
    resources: Arc<ResourcePlugin>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewResource {
    name: String,
    path: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    metadata: Metadata,
}

#[plugin]
impl ResourcesPlugin {
    #[hook("http.call")]
    async fn answer(&self, call: &HttpCall) -> Result<Option<Response>, Problem> {
        let Some(target) = Target::of(call.path()) else {
            return Ok(None);
        };
        call.authorized()?;
        let answer = match (call.method().as_str(), &target) {
            ("GET" | "HEAD", Target::All) => self.list().await?,
            ("POST", Target::All) => self.create(call).await?,
            ("GET" | "HEAD", Target::One(name)) => self.show(call, name).await?,
            ("PATCH", Target::One(name)) => self.update(call, name).await?,
            ("DELETE", Target::One(name)) => self.delete(call, name).await?,
            ("GET" | "HEAD", Target::Content(name)) => self.read(call, name).await?,
            ("PUT", Target::Content(name)) => self.write(call, name).await?,
            _ => not_allowed(&target),
        };
        Ok(Some(answer))
    }
}

impl ResourcesPlugin {
    async fn list(&self) -> Result<Response, Problem> {
        let all = self.resources.list_resources().await.map_err(problem)?;
        Ok(Json(all).into_response())
    }

    async fn create(&self, call: &HttpCall) -> Result<Response, Problem> {
        let new: NewResource = call.json(MAX_JSON).await?;
        let created = self
            .resources
            .create_resource(&new.name, &new.path, new.metadata);
        let info = created.await.map_err(problem)?;
        Ok(created_at(&info))
    }

    async fn show(&self, call: &HttpCall, name: &str) -> Result<Response, Problem> {
        let info = self.info(name).await?;
        if none_match(call, &info.revision.to_string()) {
            return Ok((StatusCode::NOT_MODIFIED, etag(&info)).into_response());
        }
        Ok((etag(&info), Json(info)).into_response())
    }

    async fn info(&self, name: &str) -> Result<ResourceInfo, Problem> {
        let found = self.resources.get_resource(name).await.map_err(problem)?;
        found.ok_or_else(|| {
            let detail = format!("there is no resource named `{name}`");
            Problem::new(StatusCode::NOT_FOUND, detail)
        })
    }

    async fn update(&self, call: &HttpCall, name: &str) -> Result<Response, Problem> {
        let seen = revision(call)?;
        let change: Change = call.json(MAX_JSON).await?;
        let updated = match seen {
            Some(seen) => self.resources.update_if(name, seen, change.metadata).await,
            None => self.resources.update_resource(name, change.metadata).await,
        };
        let info = updated.map_err(problem)?;
        Ok((etag(&info), Json(info)).into_response())
    }

    async fn delete(&self, call: &HttpCall, name: &str) -> Result<Response, Problem> {
        let mut options = DeleteOptions::default();
        if let Some(seen) = revision(call)? {
            options = options.only_if(seen);
        }
        if request::flag(call, "file")? {
            options = options.with_file();
        }
        let deleted = self.resources.delete_with(name, options).await;
        deleted.map_err(problem)?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    async fn read(&self, call: &HttpCall, name: &str) -> Result<Response, Problem> {
        let reader = self.resources.read_resource(name).await.map_err(problem)?;
        let info = reader.info().clone();
        let tag = info.content_tag.as_ref().map(ToString::to_string);
        let tag = tag.unwrap_or_default();
        let headers = [
            (header::CONTENT_TYPE, info.media_type.clone()),
            (header::ETAG, format!("\"{tag}\"")),
            // What somebody has put there is not to run in the name of this service.
            (header::CONTENT_DISPOSITION, "attachment".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ];
        if none_match(call, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        let length = info
            .size
            .map(|size| [(header::CONTENT_LENGTH, size.to_string())]);
        let body = Body::from_stream(ReaderStream::new(reader));
        Ok(match length {
            Some(length) => (headers, length, body).into_response(),
            None => (headers, body).into_response(),
        })
    }

    async fn write(&self, call: &HttpCall, name: &str) -> Result<Response, Problem> {
        let seen = content_tag(call)?;
        let is_new = self
            .resources
            .get_resource(name)
            .await
            .map_err(problem)?
            .is_none();
        let mut writer = match (is_new, request::text(call, "path")?) {
            (true, Some(path)) => {
                let metadata = Metadata::default();
                self.resources
                    .write_new_resource(name, path, metadata)
                    .await
            }
            _ => self.resources.write_resource(name).await,
        }
        .map_err(problem)?;
        let body = call.take_body().into_data_stream();
        let mut body = StreamReader::new(body.map_err(std::io::Error::other));
        if let Err(error) = tokio::io::copy(&mut body, &mut writer).await {
            // The writer is dropped, and leaves what was there.
            return Err(not_received(&error));
        }
        let committed = match seen {
            Some(seen) => writer.commit_if(seen).await,
            None => writer.commit().await,
        };
        let info = committed.map_err(problem)?;
        if is_new {
            return Ok(created_at(&info));
        }
        Ok((etag(&info), Json(info)).into_response())
    }
}

fn not_received(error: &std::io::Error) -> Problem {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the contents are too long");
        }
        cause = error.source();
    }
    let detail = format!("the contents were not received as a whole: {error}");
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

fn etag(info: &ResourceInfo) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{}\"", info.revision))]
}

fn created_at(info: &ResourceInfo) -> Response {
    let location = [(header::LOCATION, request::path_of(&info.name))];
    (StatusCode::CREATED, location, etag(info), Json(info)).into_response()
}

fn not_allowed(target: &Target) -> Response {
    let allowed = match target {
        Target::All => "GET, HEAD, POST",
        Target::One(_) => "GET, HEAD, PATCH, DELETE",
        Target::Content(_) => "GET, HEAD, PUT",
    };
    let detail = format!("allowed are {allowed}");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail);
    ([(header::ALLOW, allowed)], problem).into_response()
}
