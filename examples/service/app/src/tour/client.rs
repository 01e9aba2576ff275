//! An HTTP client that knows what it wants to be answered.

use reqwest::header::{ETAG, IF_MATCH};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::serve::Failure;

pub(super) struct Client {
    url: String,
    client: reqwest::Client,
}

/// An answer, all of it.
pub(super) struct Answer {
    what: String,
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Client {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            client: reqwest::Client::new(),
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, path, None, |request| request).await
    }

    pub(super) async fn get_as(&self, path: &str, token: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, path, Some(token), |request| request)
            .await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Answer, Failure> {
        self.ask(Method::POST, path, token, |request| request.json(body))
            .await
    }

    pub(super) async fn put(&self, path: &str, token: &str, body: &str) -> Result<Answer, Failure> {
        let body = body.to_owned();
        self.ask(Method::PUT, path, Some(token), |request| request.body(body))
            .await
    }

    pub(super) async fn patch(
        &self,
        path: &str,
        token: &str,
        tag: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let with = |request: RequestBuilder| request.header(IF_MATCH, tag).json(body);
        self.ask(Method::PATCH, path, Some(token), with).await
    }

    pub(super) async fn delete(&self, path: &str, token: &str) -> Result<Answer, Failure> {
        self.ask(Method::DELETE, path, Some(token), |request| request)
            .await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, Failure> {
        let what = format!("{method} {path}");
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let failed = |error: reqwest::Error| Failure::Other(format!("{what}: {error}"));
        let response: Response = with(request).send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.map_err(failed)?;
        Ok(Answer {
            what,
            status,
            headers,
            text,
        })
    }
}

impl Answer {
    /// The same, where the status is that one.
    pub(super) fn is(self, status: u16) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        let Self {
            what,
            status: found,
            text,
            ..
        } = self;
        let text = format!("{what} was answered with {found} instead of {status}: {text}");
        Err(Failure::Other(text))
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn json(&self) -> Result<Value, Failure> {
        let failed = |error| Failure::Other(format!("{}: no JSON: {error}", self.what));
        serde_json::from_str(&self.text).map_err(failed)
    }

    /// A header, empty where it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let name = if name == "etag" { ETAG.as_str() } else { name };
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    }
}
