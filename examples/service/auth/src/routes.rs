//! `POST /register`, `POST /login`, `POST /logout`, `GET /me`.

use api::{
    HttpCall, Problem, Response, StoreError, Token, User, UserLogin, UserLogout, UserRegistered,
    Work, remote,
};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use pepperplug::BoxError;
use pepperplug::prelude::*;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::error::{problem_of, problem_of_emit};
use crate::services::Passwords;
use crate::{AuthError, AuthPlugin, challenge, rules};

/// As long as a name and a password may be.
const LONGEST_BODY: usize = 16 * 1024;

/// What `/register` and `/login` take.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamePassword {
    name: String,
    password: SecretString,
}

impl AuthPlugin {
    pub(crate) async fn route(
        &self,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Response>, BoxError> {
        let wanted = match call.path() {
            "/me" => "GET",
            "/logout" => "POST",
            "/login" => "POST",
            "/register" if self.passwords.is_some() => "POST",
            _ => return Ok(None),
        };
        if call.method() != wanted && !(wanted == "GET" && call.method() == "HEAD") {
            return Ok(Some(wrong_method(wanted)));
        }
        let answer = match call.path() {
            "/me" => self.me(call),
            "/logout" => self.logout(call, ctx).await,
            "/login" => self.login(call, ctx).await,
            _ => self.register(call, ctx).await,
        };
        Ok(Some(answer.unwrap_or_else(|error| self.refuse(&error))))
    }

    fn me(&self, call: &HttpCall) -> Result<Response, BoxError> {
        let identity = call.authorized()?;
        Ok(no_store(Json(identity).into_response()))
    }

    async fn register(
        &self,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Response, BoxError> {
        if !self.settings.registration {
            let detail = "accounts are made by the operator only";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail).into());
        }
        let NamePassword { name, password } = name_and_password(call).await?;
        let checked = rules::check_name(&name)
            .and_then(|()| self.settings.password.check(&name, &password))
            .map_err(|detail| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        checked?;
        let added = self
            .add_user(&name, &password, self.settings.roles.clone())
            .await;
        let user = match added {
            Err(AuthError::Store(error @ StoreError::Taken(_))) => {
                return Err(Problem::new(StatusCode::CONFLICT, error.to_string()).into());
            }
            added => added?,
        };
        // Whatever comes of that: the account is there.
        if let Err(error) = ctx.emit(&UserRegistered { user: user.clone() }).await {
            tracing::warn!(%error, "a hook on `user.registered` failed");
        }
        Ok(no_store((StatusCode::CREATED, Json(user)).into_response()))
    }

    /// By the header `Authorization: Basic`, or by name and password in the body.
    async fn login(&self, call: &HttpCall, ctx: &EventContext<'_>) -> Result<Response, BoxError> {
        let by_password = call
            .identity()
            .filter(|identity| identity.scheme.eq_ignore_ascii_case("Basic"));
        let user = match (by_password, &self.passwords) {
            (Some(identity), _) => identity.user.clone(),
            (None, Some(passwords)) => self.user_of(call, &**passwords).await?,
            (None, None) => {
                let detail = "no plugin of this service knows passwords";
                return Err(Problem::new(StatusCode::NOT_FOUND, detail).into());
            }
        };
        log_in(user, ctx).await
    }

    async fn user_of(&self, call: &HttpCall, passwords: &dyn Passwords) -> Result<User, BoxError> {
        let NamePassword { name, password } = name_and_password(call).await?;
        let peer = call.peer().map(|peer| peer.ip());
        Ok(passwords.check(&name, &password, peer).await?)
    }

    async fn logout(&self, call: &HttpCall, ctx: &EventContext<'_>) -> Result<Response, BoxError> {
        let identity = call.authorized()?;
        let Some(session) = &identity.session else {
            let detail = format!(
                "there is no session to end: `{}` proves who you are with each request",
                identity.scheme
            );
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail).into());
        };
        let logout = UserLogout {
            user: identity.user.clone(),
            token: session.clone(),
        };
        ctx.emit_with(&logout, remote(Work::Everyone)).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    fn refuse(&self, error: &BoxError) -> Response {
        let response = challenge::refusal(problem_of(error), &self.providers);
        match error.downcast_ref::<AuthError>() {
            Some(error) => challenge::retry_after(error, response),
            None => response,
        }
    }
}

/// Gives a token to somebody who has proved who they are.
pub(crate) async fn log_in(user: User, ctx: &EventContext<'_>) -> Result<Response, BoxError> {
    let login = UserLogin { user: user.clone() };
    let token = ctx.emit(&login).await;
    match token.map_err(|error| problem_of_emit(&error))? {
        Some(token) => Ok(no_store(told(&token, &user))),
        None => {
            let detail = "no plugin of this service issues tokens";
            Err(Problem::new(StatusCode::NOT_IMPLEMENTED, detail).into())
        }
    }
}

fn told(token: &Token, user: &User) -> Response {
    let body = json!({
        "token": token.value,
        "token_type": "Bearer",
        "expires_at": humantime::format_rfc3339_seconds(token.expires_at).to_string(),
        "user": user,
    });
    Json(body).into_response()
}

async fn name_and_password(call: &HttpCall) -> Result<NamePassword, Problem> {
    let kind = call.header(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // Not what a form of another site can send.
    if !kind.eq_ignore_ascii_case("application/json") {
        let detail = "send `{\"name\": …, \"password\": …}` with `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    call.json(LONGEST_BODY).await
}

/// What is told to one is not for others.
pub(crate) fn no_store(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

pub(crate) fn wrong_method(wanted: &'static str) -> Response {
    let detail = format!("only {wanted} is answered here");
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response();
    let allow = HeaderValue::from_static(wanted);
    response.headers_mut().insert(header::ALLOW, allow);
    response
}
