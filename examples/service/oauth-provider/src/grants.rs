//! Codes and tokens.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::time::Instant;

/// More than that is nothing that a test does.
const MOST: usize = 10_000;

#[derive(Default)]
pub(crate) struct Grants {
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Token>,
}

#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) sub: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) scope: String,
    pub(crate) until: Instant,
    /// The token that it was used for.
    pub(crate) used: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) sub: String,
    pub(crate) scope: String,
    pub(crate) until: Instant,
    pub(crate) exp: u64,
}

impl Token {
    pub(crate) fn new(sub: &str, scope: &str, lifetime: Duration) -> Self {
        let exp = SystemTime::now() + lifetime;
        Self {
            sub: sub.to_owned(),
            scope: scope.to_owned(),
            until: Instant::now() + lifetime,
            exp: exp.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        }
    }
}

impl Grants {
    pub(crate) fn add_code(&mut self, code: Code) -> Option<String> {
        let now = Instant::now();
        // Used ones stay for a while, so that it is seen when they come again.
        self.codes
            .retain(|_, code| now < code.until + Duration::from_secs(600));
        let name = random()?;
        (self.codes.len() < MOST).then(|| self.codes.insert(name.clone(), code))?;
        Some(name)
    }

    pub(crate) fn code(&mut self, name: &str) -> Option<&mut Code> {
        self.codes.get_mut(name)
    }

    pub(crate) fn add_token(&mut self, token: Token) -> Option<String> {
        let now = Instant::now();
        self.tokens.retain(|_, token| now < token.until);
        let name = random()?;
        (self.tokens.len() < MOST).then(|| self.tokens.insert(name.clone(), token))?;
        Some(name)
    }

    pub(crate) fn token(&self, name: &str) -> Option<&Token> {
        let token = self.tokens.get(name)?;
        (Instant::now() < token.until).then_some(token)
    }

    pub(crate) fn revoke(&mut self, name: &str) -> bool {
        self.tokens.remove(name).is_some()
    }
}

fn random() -> Option<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}
