//! A key, as settings tell it: read and judged as part of the settings, so an error tells file and line.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// With less than that, HS256 is weaker than its name (RFC 7518, section 3.2).
const LEAST_SECRET: usize = 32;

/// The one algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// A secret that who signs and who verifies share, of 32 bytes at least.
    HS256,
    /// RSA, of 2048 bits at least.
    RS256,
    /// ECDSA on the curve P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl KeyAlgorithm {
    pub(super) fn of_tokens(self) -> Algorithm {
        match self {
            Self::HS256 => Algorithm::HS256,
            Self::RS256 => Algorithm::RS256,
            Self::ES256 => Algorithm::ES256,
            Self::EdDSA => Algorithm::EdDSA,
        }
    }
}

/// A key: `id`, `algorithm`, and with HS256 a `secret` in base64; with the others a `private_key` (PKCS#8, PEM), or only the
/// `public_key` (PEM), which verifies what others sign.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub struct KeySettings {
    id: String,
    algorithm: KeyAlgorithm,
    pub(super) verifies: DecodingKey,
    pub(super) signs: Option<EncodingKey>,
}

impl KeySettings {
    /// Its id, `kid` in the header of tokens.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its algorithm. Tokens that say another are refused.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// Whether it does more than verify.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.signs.is_some()
    }
}

impl std::fmt::Debug for KeySettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySettings")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("can_sign", &self.can_sign())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    algorithm: KeyAlgorithm,
    secret: Option<SecretString>,
    private_key: Option<SecretString>,
    public_key: Option<String>,
}

impl TryFrom<Raw> for KeySettings {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let id = raw.id.clone();
        if !(1..=64).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "the `id` of a key is up to 64 characters of ASCII, without spaces".to_owned(),
            );
        }
        let algorithm = raw.algorithm;
        let (verifies, signs) = raw
            .keys()
            .map_err(|error| format!("key \"{id}\": {error}"))?;
        Ok(Self {
            id,
            algorithm,
            verifies,
            signs,
        })
    }
}

impl Raw {
    fn keys(&self) -> Result<(DecodingKey, Option<EncodingKey>), String> {
        match (
            self.algorithm,
            &self.secret,
            &self.private_key,
            &self.public_key,
        ) {
            (KeyAlgorithm::HS256, Some(secret), None, None) => of_secret(secret),
            (KeyAlgorithm::HS256, ..) => {
                Err("HS256 takes a `secret`, and neither `private_key` nor `public_key`".to_owned())
            }
            (algorithm, None, Some(pem), None) => {
                let (public, signs) = pair(algorithm, pem.expose_secret().as_bytes())?;
                Ok((public_key(algorithm, &public)?, Some(signs)))
            }
            (algorithm, None, None, Some(pem)) => {
                Ok((public_pem(algorithm, pem.as_bytes())?, None))
            }
            (algorithm, ..) => Err(format!(
                "{algorithm:?} takes a `private_key` or a `public_key`, one of the two, and no `secret`"
            )),
        }
    }
}

fn of_secret(secret: &SecretString) -> Result<(DecodingKey, Option<EncodingKey>), String> {
    let bytes = STANDARD
        .decode(secret.expose_secret().trim())
        .map_err(|_| "`secret` is not base64: `openssl rand -base64 32` makes one".to_owned())?;
    if bytes.len() < LEAST_SECRET {
        return Err(format!(
            "`secret` has {} bytes, and HS256 wants {LEAST_SECRET} at least: `openssl rand -base64 32` makes one",
            bytes.len()
        ));
    }
    let signs = EncodingKey::from_secret(&bytes);
    Ok((DecodingKey::from_secret(&bytes), Some(signs)))
}

/// The public half of a private key, and what signs with it.
fn pair(algorithm: KeyAlgorithm, pem: &[u8]) -> Result<(Vec<u8>, EncodingKey), String> {
    let wrong = || {
        let what = match algorithm {
            KeyAlgorithm::RS256 => {
                "of RSA, with 2048 to 8192 bits: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072` makes one"
            }
            KeyAlgorithm::ES256 => {
                "of the curve P-256: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` makes one"
            }
            _ => "of Ed25519: `openssl genpkey -algorithm Ed25519` makes one",
        };
        format!("`private_key` is no private key in PEM (PKCS#8) {what}")
    };
    let signs = match algorithm {
        KeyAlgorithm::RS256 => EncodingKey::from_rsa_pem(pem),
        KeyAlgorithm::ES256 => EncodingKey::from_ec_pem(pem),
        _ => EncodingKey::from_ed_pem(pem),
    };
    let signs = signs.map_err(|_| wrong())?;
    let der = signs.as_bytes();
    let public = match algorithm {
        KeyAlgorithm::RS256 => {
            RsaKeyPair::from_der(der).map(|pair| pair.public_key().as_ref().to_vec())
        }
        KeyAlgorithm::ES256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(|pair| pair.public_key().as_ref().to_vec()),
        _ => Ed25519KeyPair::from_pkcs8(der).map(|pair| pair.public_key().as_ref().to_vec()),
    };
    Ok((public.map_err(|_| wrong())?, signs))
}

fn public_key(algorithm: KeyAlgorithm, der: &[u8]) -> Result<DecodingKey, String> {
    let (verification, key): (&'static dyn VerificationAlgorithm, _) = match algorithm {
        KeyAlgorithm::RS256 => (&RSA_PKCS1_2048_8192_SHA256, DecodingKey::from_rsa_der(der)),
        KeyAlgorithm::ES256 => (&ECDSA_P256_SHA256_FIXED, DecodingKey::from_ec_der(der)),
        _ => (&ED25519, DecodingKey::from_ed_der(der)),
    };
    let wrong = || wrong_public(algorithm);
    let parsed = UnparsedPublicKey::new(verification, der).parse();
    let parsed = parsed.map_err(|_| wrong())?;
    if algorithm == KeyAlgorithm::RS256 {
        // Parsing alone takes keys that are too short, and each token would fail.
        let der = parsed.as_der().map_err(|_| wrong())?;
        PublicEncryptingKey::from_der(der.as_ref()).map_err(|_| wrong())?;
    }
    Ok(key)
}

fn public_pem(algorithm: KeyAlgorithm, pem: &[u8]) -> Result<DecodingKey, String> {
    let key = match algorithm {
        KeyAlgorithm::RS256 => DecodingKey::from_rsa_pem(pem),
        KeyAlgorithm::ES256 => DecodingKey::from_ec_pem(pem),
        _ => DecodingKey::from_ed_pem(pem),
    };
    let key = key.map_err(|_| wrong_public(algorithm))?;
    let der = key
        .try_get_as_bytes()
        .map_err(|_| wrong_public(algorithm))?;
    public_key(algorithm, der)
}

fn wrong_public(algorithm: KeyAlgorithm) -> String {
    let what = match algorithm {
        KeyAlgorithm::RS256 => "of RSA, with 2048 to 8192 bits",
        KeyAlgorithm::ES256 => "of the curve P-256",
        _ => "of Ed25519",
    };
    format!(
        "`public_key` is no public key in PEM {what}: `openssl pkey -pubout` makes it of a private key"
    )
}
