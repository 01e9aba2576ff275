//! Keys of all kinds, and that each signs what it verifies.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::{App, SECRET, basics, get};

/// A pair, both in PEM.
pub(crate) struct Pair {
    pub(crate) private: String,
    pub(crate) public: String,
}

fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN {kind} KEY-----\n{}\n-----END {kind} KEY-----\n",
        lines.join("\n")
    )
}

fn pair(private: &[u8], public: &impl AsDer<PublicKeyX509Der<'static>>) -> Pair {
    let public = public.as_der().expect("it can be told");
    Pair {
        private: pem("PRIVATE", private),
        public: pem("PUBLIC", public.as_ref()),
    }
}

/// The same one each time: to find one takes seconds.
pub(crate) fn rsa() -> &'static Pair {
    static MADE: OnceLock<Pair> = OnceLock::new();
    MADE.get_or_init(other_rsa)
}

pub(crate) fn other_rsa() -> Pair {
    let made = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let private: Pkcs8V1Der<'_> = made.as_der().expect("it can be told");
    pair(private.as_ref(), made.public_key())
}

pub(crate) fn ec() -> Pair {
    ec_of(&ECDSA_P256_SHA256_FIXED_SIGNING)
}

fn ec_of(curve: &'static EcdsaSigningAlgorithm) -> Pair {
    let made = EcdsaKeyPair::generate(curve).expect("a key");
    let private = made.to_pkcs8v1().expect("it can be told");
    pair(private.as_ref(), made.public_key())
}

/// Of the curve P-384, which is not ES256's.
pub(crate) fn other_ec() -> Pair {
    ec_of(&ECDSA_P384_SHA384_FIXED_SIGNING)
}

pub(crate) fn ed() -> Pair {
    let made = Ed25519KeyPair::generate().expect("a key");
    let private = made.to_pkcs8v1().expect("it can be told");
    pair(private.as_ref(), made.public_key())
}

/// A key as settings.
pub(crate) fn section(id: &str, algorithm: &str, field: &str, value: &str) -> String {
    format!("[[jwt.keys]]\nid = \"{id}\"\nalgorithm = \"{algorithm}\"\n{field} = '''\n{value}'''\n")
}

#[tokio::test]
async fn every_algorithm_signs_what_it_verifies() {
    let (ec, ed) = (ec(), ed());
    for (algorithm, pair) in [("RS256", rsa()), ("ES256", &ec), ("EdDSA", &ed)] {
        let key = section("new", algorithm, "private_key", &pair.private);
        let app = App::with(&format!(
            "{}\n[jwt]\nsigning_key = \"new\"\n{key}",
            basics()
        ))
        .await;
        let token = app.token_of("ada").await;
        let header = jsonwebtoken::decode_header(&token).expect("a token");
        assert_eq!(
            (format!("{:?}", header.alg), header.kid.as_deref()),
            (algorithm.to_owned(), Some("new"))
        );
        assert_eq!(
            app.ask(get("/me").bearer(&token)).await.status,
            200,
            "{algorithm}"
        );
        app.stop().await;
    }
}

#[tokio::test]
async fn a_key_that_is_replaced_verifies_until_it_is_taken_away() {
    let new = ed();
    let new = section("2", "EdDSA", "private_key", &new.private);
    let old = section("1", "HS256", "secret", SECRET);
    let first = App::with(&old).await;
    let token = first.token_of("ada").await;

    let both = format!("[jwt]\nsigning_key = \"2\"\n{old}\n{new}");
    let second = App::on(&both, first.cache.clone(), first.store.clone()).await;
    assert_eq!(second.bearer(&token).await.expect("ada").user.name, "ada");
    let newer = second.login("ada").await.token();
    let header = jsonwebtoken::decode_header(&newer).expect("a token");
    assert_eq!(header.kid.as_deref(), Some("2"));

    let third = App::on(&new, first.cache.clone(), first.store.clone()).await;
    assert_eq!(third.bearer(&newer).await.expect("ada").user.name, "ada");
    assert_eq!(
        third.bearer(&token).await,
        Err("the token is not valid".to_owned())
    );
    for app in [first, second, third] {
        app.stop().await;
    }
}

#[tokio::test]
async fn a_node_with_the_public_key_verifies_what_another_one_signs() {
    let made = rsa();
    let signs = section("rsa", "RS256", "private_key", &made.private);
    let verifies = section("rsa", "RS256", "public_key", &made.public);
    let first = App::with(&signs).await;
    let token = first.token_of("ada").await;
    let settings = format!("{}\n{verifies}", basics());
    let second = App::on(&settings, first.cache.clone(), first.store.clone()).await;
    assert_eq!(second.bearer(&token).await.expect("ada").user.name, "ada");
    first.stop().await;
    second.stop().await;
}
