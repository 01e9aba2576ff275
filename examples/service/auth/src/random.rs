//! What nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::AuthError;

/// So many random bytes, as text that goes everywhere: header, cookie, URL.
pub(crate) fn text<const BYTES: usize>() -> Result<String, AuthError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
