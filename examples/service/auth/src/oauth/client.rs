//! Requests to the provider.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType};
use oauth2::url::{Url, form_urlencoded};
use oauth2::{
    AccessToken, AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IntrospectionUrl, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenIntrospectionResponse,
    TokenResponse, TokenUrl,
};
use reqwest::header;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{OAuthSettings, ProviderSettings};
use crate::AuthError;

/// No answer of a provider is longer.
const LONGEST: usize = 64 * 1024;

type OAuth2 = BasicClient<EndpointSet, EndpointNotSet, EndpointSet, EndpointNotSet, EndpointSet>;

pub(super) struct ProviderClient {
    settings: ProviderSettings,
    oauth2: OAuth2,
    http: Http,
    room: Semaphore,
    asked: AtomicU64,
    failed: AtomicU64,
}

/// What a token is that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Active {
    pub(super) sub: String,
    /// In seconds since 1970.
    pub(super) exp: Option<i64>,
}

impl ProviderClient {
    /// Reads the certificates of the machine, so it takes a while.
    pub(super) fn new(
        settings: &OAuthSettings,
        provider: ProviderSettings,
    ) -> Result<Self, AuthError> {
        let secret = ClientSecret::new(provider.client_secret.expose_secret().to_owned());
        let oauth2 = BasicClient::new(ClientId::new(provider.client_id.clone()))
            .set_client_secret(secret)
            .set_auth_uri(AuthUrl::from_url(provider.authorize_url.url().clone()))
            .set_token_uri(TokenUrl::from_url(provider.token_url.url().clone()))
            .set_introspection_url(IntrospectionUrl::from_url(
                provider.introspection_url.url().clone(),
            ))
            .set_redirect_uri(RedirectUrl::from_url(provider.redirect_url.url().clone()));
        // A redirect would take the secret elsewhere, and so would a proxy.
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout);
        let is_secure = [&provider.token_url, &provider.introspection_url]
            .into_iter()
            .chain(&provider.revocation_url)
            .any(super::Endpoint::is_secure);
        if !is_secure {
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| {
            AuthError::Provider(format!("cannot be asked: {}", in_words(&error)))
        })?;
        let most = Semaphore::MAX_PERMITS;
        if !(1..=most).contains(&settings.concurrency) {
            let text = "cannot be asked: `oauth.concurrency` is at least 1";
            return Err(AuthError::Provider(text.to_owned()));
        }
        Ok(Self {
            settings: provider,
            oauth2,
            http: Http(http),
            room: Semaphore::new(settings.concurrency),
            asked: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        })
    }

    pub(super) fn settings(&self) -> &ProviderSettings {
        &self.settings
    }

    /// How often it was asked, and how often it did not answer as it should.
    pub(super) fn counts(&self) -> (u64, u64) {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (of(&self.asked), of(&self.failed))
    }

    /// Where to send a browser.
    pub(super) fn authorize_url(&self, state: &str, challenge: PkceCodeChallenge) -> Url {
        let state = CsrfToken::new(state.to_owned());
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let asked = self.oauth2.authorize_url(|| state);
        asked
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url()
            .0
    }

    /// The access token that a code stands for.
    pub(super) async fn exchange(
        &self,
        code: &str,
        verifier: PkceCodeVerifier,
    ) -> Result<SecretString, AuthError> {
        let _permit = self.ask()?;
        let asked = self
            .oauth2
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(verifier)
            .request_async(&self.http);
        match asked.await {
            Ok(answer) => Ok(answer.access_token().secret().as_str().into()),
            Err(RequestTokenError::ServerResponse(answer)) if is_about_the_code(answer.error()) => {
                Err(AuthError::RefusedByProvider(
                    answer.error().as_ref().to_owned(),
                ))
            }
            Err(error) => Err(self.failed(answered(error))),
        }
    }

    /// What a token is; none where it does not hold, or is not for us.
    pub(super) async fn introspect(
        &self,
        token: &SecretString,
    ) -> Result<Option<Active>, AuthError> {
        let _permit = self.ask()?;
        let token = AccessToken::new(token.expose_secret().to_owned());
        let asked = self
            .oauth2
            .introspect(&token)
            .set_token_type_hint("access_token")
            .request_async(&self.http);
        let answer = asked.await.map_err(|error| self.failed(answered(error)))?;
        if !answer.active() {
            return Ok(None);
        }
        let client = answer.client_id().map(|id| id.as_str());
        let is_ours = |id: &str| {
            let others = &self.settings.other_clients;
            id == self.settings.client_id || others.iter().any(|other| other == id)
        };
        if !client.is_some_and(is_ours) {
            tracing::warn!(
                ?client,
                "a token of another client is refused; see `oauth.provider.other_clients`"
            );
            return Ok(None);
        }
        let sub = answer.sub().unwrap_or_default();
        let is_plain = (1..=200).contains(&sub.len()) && !sub.chars().any(char::is_control);
        if !is_plain {
            let text = "does not say whose a token is".to_owned();
            return Err(self.failed(Fault::Answer(text)));
        }
        Ok(Some(Active {
            sub: sub.to_owned(),
            exp: answer.exp().map(|exp| exp.timestamp()),
        }))
    }

    /// Ends a token, where the provider offers that.
    pub(super) async fn revoke(&self, token: &SecretString) -> Result<(), AuthError> {
        let Some(endpoint) = &self.settings.revocation_url else {
            return Ok(());
        };
        let _permit = self.ask()?;
        let escaped =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_secret())
            .append_pair("token_type_hint", "access_token")
            .finish();
        // Not by `oauth2`, which does it with `https` only, and hence not in tests.
        let request = self
            .http
            .0
            .post(endpoint.url().clone())
            .basic_auth(
                escaped(&self.settings.client_id),
                Some(escaped(self.settings.client_secret.expose_secret())),
            )
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let sent = request.send().await;
        let status = sent
            .map_err(|error| self.failed(Fault::from(error)))?
            .status();
        if !status.is_success() {
            return Err(self.failed(Fault::Answer(format!("answers with status {status}"))));
        }
        Ok(())
    }

    fn ask(&self) -> Result<SemaphorePermit<'_>, AuthError> {
        let permit = self.room.try_acquire().map_err(|_| AuthError::Busy)?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(permit)
    }

    fn failed(&self, fault: Fault) -> AuthError {
        self.failed.fetch_add(1, Ordering::Relaxed);
        AuthError::Provider(in_words(&fault))
    }
}

/// Sends a request and reads the answer, of which there is an end.
struct Http(reqwest::Client);

impl Http {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let request = reqwest::Request::try_from(request)?;
        let mut response = self.0.execute(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LONGEST {
                return Err(Fault::Answer(format!(
                    "answers with more than {LONGEST} bytes"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Why there is no answer that can be read.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("cannot be reached")]
    Http(#[source] reqwest::Error),
    #[error("{0}")]
    Answer(String),
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

fn answered(error: RequestTokenError<Fault, BasicErrorResponse>) -> Fault {
    Fault::Answer(match error {
        RequestTokenError::Request(fault) => return fault,
        RequestTokenError::ServerResponse(answer) => format!("refuses us: {answer}"),
        RequestTokenError::Parse(error, _) => {
            format!("answers with something else than wanted: {error}")
        }
        RequestTokenError::Other(text) => {
            format!("answers with something else than wanted: {text}")
        }
    })
}

/// Those that somebody with a wrong code causes; the others are ours, or the provider's.
fn is_about_the_code(error: &BasicErrorResponseType) -> bool {
    matches!(error, BasicErrorResponseType::InvalidGrant)
}

/// An error with its causes.
fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
