//! The secrets that a service makes for itself when it is first started: the key that signs tokens, and a first user.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::serve::Failure;

/// What the file of the secrets is called, in the data folder.
const FILE: &str = "first-start.toml";

#[derive(Serialize, Deserialize)]
struct Secrets {
    auth: Auth,
    jwt: Jwt,
}

#[derive(Serialize, Deserialize)]
struct Auth {
    first_user: FirstUser,
}

/// Who can log in at first.
#[derive(Serialize, Deserialize)]
pub(crate) struct FirstUser {
    pub(crate) name: String,
    pub(crate) password: String,
}

#[derive(Serialize, Deserialize)]
struct Jwt {
    keys: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
struct Key {
    id: String,
    algorithm: String,
    secret: String,
}

/// The file of the secrets, which is made where there is none.
pub(crate) fn secrets(data: &Path) -> Result<PathBuf, Failure> {
    let file = data.join(FILE);
    if !file.exists() {
        let secret = || auth::new_secret().map(|secret| secret.expose_secret().to_owned());
        let secrets = Secrets {
            auth: Auth {
                first_user: FirstUser {
                    name: "admin".to_owned(),
                    password: secret()?,
                },
            },
            jwt: Jwt {
                keys: vec![Key {
                    id: "first".to_owned(),
                    algorithm: "HS256".to_owned(),
                    secret: secret()?,
                }],
            },
        };
        let text = toml::to_string(&secrets).map_err(|error| Failure::Other(error.to_string()))?;
        write(&file, &text).map_err(|source| Failure::Data {
            folder: file.clone(),
            source,
        })?;
    }
    Ok(file)
}

/// The user of that file.
pub(crate) fn first_user(data: &Path) -> Option<FirstUser> {
    let text = std::fs::read_to_string(data.join(FILE)).ok()?;
    let secrets: Secrets = toml::from_str(&text).ok()?;
    Some(secrets.auth.first_user)
}

/// For the eyes of its owner alone, where the system knows of that.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}
