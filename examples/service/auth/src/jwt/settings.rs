//! The section `[jwt]`.

use std::time::Duration;

use serde::Deserialize;

use super::KeySettings;

/// The section `[jwt]`.
///
/// ```toml
/// [jwt]
/// issuer = "https://service.example"
/// audience = "https://service.example"
/// signing_key = "2026-11"
///
/// [[jwt.keys]]
/// id = "2026-11"
/// algorithm = "HS256"
/// secret = "…"            # of `openssl rand -base64 32`
///
/// [[jwt.keys]]            # until the last token that it signed has expired
/// id = "2026-05"
/// algorithm = "ES256"
/// public_key = """
/// -----BEGIN PUBLIC KEY-----
/// …
/// -----END PUBLIC KEY-----"""
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
#[non_exhaustive]
pub struct JwtSettings {
    /// Who we are: `iss` of each token.
    pub issuer: String,
    /// Who the tokens are for: `aud` of each token.
    pub audience: String,
    /// By how much the clocks of two nodes may differ.
    pub leeway: Duration,
    /// The id of the key that signs. Without it, the first of the keys that can.
    pub signing_key: String,
    /// All keys. Whatever one of them signed is accepted.
    pub keys: Vec<KeySettings>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Raw {
    issuer: String,
    audience: String,
    #[serde(deserialize_with = "crate::duration::any")]
    leeway: Duration,
    signing_key: Option<String>,
    keys: Vec<KeySettings>,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            issuer: "service".to_owned(),
            audience: "service".to_owned(),
            leeway: Duration::ZERO,
            signing_key: None,
            keys: Vec::new(),
        }
    }
}

/// More than that is no difference of clocks, but a longer life for tokens.
const MOST_LEEWAY: Duration = Duration::from_secs(300);

impl TryFrom<Raw> for JwtSettings {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let Raw {
            issuer,
            audience,
            leeway,
            signing_key,
            keys,
        } = raw;
        if issuer.is_empty() || audience.is_empty() {
            return Err("`issuer` and `audience` are not empty".to_owned());
        }
        if leeway > MOST_LEEWAY {
            return Err("`leeway` is at most \"5m\"".to_owned());
        }
        for (index, key) in keys.iter().enumerate() {
            if keys[..index].iter().any(|before| before.id() == key.id()) {
                return Err(format!("two of the `keys` have the `id` \"{}\"", key.id()));
            }
        }
        let signing_key = match signing_key {
            Some(id) => match keys.iter().find(|key| key.id() == id) {
                Some(key) if key.can_sign() => id,
                Some(_) => {
                    return Err(format!(
                        "`signing_key` is \"{id}\", and of that one only the public key is here: give it a `private_key`"
                    ));
                }
                None => {
                    let ids: Vec<_> = keys.iter().map(|key| format!("\"{}\"", key.id())).collect();
                    return Err(format!(
                        "`signing_key` is \"{id}\", and there is no such key among {}",
                        ids.join(", ")
                    ));
                }
            },
            None => match keys.iter().find(|key| key.can_sign()) {
                Some(key) => key.id().to_owned(),
                None => {
                    return Err(
                        "no key signs: write `[[jwt.keys]]` with `id = \"1\"`, `algorithm = \"HS256\"` and a `secret` of `openssl rand -base64 32`"
                            .to_owned(),
                    );
                }
            },
        };
        Ok(Self {
            issuer,
            audience,
            leeway,
            signing_key,
            keys,
        })
    }
}
