//! The section `[oauth]`.

use std::time::Duration;

use oauth2::url::{Host, Url};
use secrecy::SecretString;
use serde::Deserialize;

/// The section `[oauth]`. Without a provider, the plugin knows nobody.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OAuthSettings {
    /// Where people log in, and who knows their tokens.
    pub provider: Option<ProviderSettings>,
    /// How long somebody may take to log in there.
    #[serde(deserialize_with = "crate::duration::long")]
    pub login_ttl: Duration,
    /// How long a token is believed without asking again; not beyond its own end. So long a token that is revoked there may
    /// still be accepted here.
    #[serde(deserialize_with = "crate::duration::any")]
    pub introspection_cache: Duration,
    /// How long the provider may take to answer.
    #[serde(deserialize_with = "crate::duration::some")]
    pub timeout: Duration,
    /// How many requests to the provider may be under way; further ones are refused.
    pub concurrency: usize,
}

impl Default for OAuthSettings {
    fn default() -> Self {
        Self {
            provider: None,
            login_ttl: Duration::from_secs(600),
            introspection_cache: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            concurrency: 64,
        }
    }
}

/// The section `[oauth.provider]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProviderSettings {
    /// Where browsers are sent to log in.
    pub authorize_url: Endpoint,
    /// Where a code becomes a token.
    pub token_url: Endpoint,
    /// Where it is asked what a token is (RFC 7662).
    pub introspection_url: Endpoint,
    /// Where tokens are revoked that are not needed any more (RFC 7009).
    pub revocation_url: Option<Endpoint>,
    /// Where browsers come back to: our `/oauth/callback`, as seen from outside.
    pub redirect_url: Endpoint,
    /// Who we are there.
    pub client_id: String,
    /// What proves it.
    pub client_secret: SecretString,
    /// What is asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Other clients, by id, whose tokens are accepted as well. A token for any other one is not for us.
    #[serde(default)]
    pub other_clients: Vec<String>,
    /// What those may do who come from there.
    #[serde(default = "user")]
    pub roles: Vec<String>,
}

fn user() -> Vec<String> {
    vec!["user".to_owned()]
}

/// An address that secrets may be sent to: of `https`, or of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(Url);

impl Endpoint {
    /// The address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is of `https`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text).map_err(|error| {
            format!(
                "\"{text}\" is no URL ({error}): write one such as \"https://login.example/token\""
            )
        })?;
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        if !is_safe {
            return Err(format!(
                "\"{text}\" begins with `{}://`, and secrets are sent with `https://` only, but for those of this machine",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(format!(
                "\"{}\" has a user, a password or a fragment in it",
                url.host_str().unwrap_or_default()
            ));
        }
        Ok(Self(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_nowhere_in_the_clear() {
        let endpoint = |text: &str| Endpoint::try_from(text.to_owned());
        for fine in [
            "https://login.example/token",
            "http://127.0.0.1:9000/token",
            "http://[::1]/",
            "http://localhost:1/",
        ] {
            assert!(endpoint(fine).is_ok(), "{fine}");
        }
        let error = endpoint("http://login.example/token").expect_err("not encrypted");
        assert!(error.contains("`https://` only"), "{error}");
        for wrong in [
            "login.example",
            "ftp://localhost/",
            "https://u:p@login.example/",
            "https://a.example/#x",
            "",
        ] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
