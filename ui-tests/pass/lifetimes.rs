//! Lifetimes where they are nobody's business: in methods of events, in services, in hooks' own signatures.

#![deny(warnings)]

use pepperplug::prelude::*;

#[event("user.login")]
struct UserLogin {
    header: String,
}

impl UserLogin {
    fn words<'a>(&'a self, separator: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header.split(separator)
    }
}

#[event("lookup", mode = first, output = &'static str)]
struct Lookup;

#[service("dictionary")]
trait Dictionary: Send + Sync {
    fn find<'a>(&'a self, word: &'a str) -> Option<&'a str>;
}

#[plugin(name = "english", provides(dyn Dictionary))]
struct English;

impl Dictionary for English {
    fn find<'a>(&'a self, word: &'a str) -> Option<&'a str> {
        Some(word)
    }
}

#[plugin(name = "auth")]
struct Auth {
    #[inject]
    dictionary: Arc<dyn Dictionary>,
}

#[plugin]
impl Auth {
    #[hook("user.login")]
    async fn explicit<'a>(&'a self, login: &'a UserLogin, ctx: &'a EventContext<'a>) {
        let _ = (login.words(" ").next(), ctx.event());
    }

    #[hook("user.login")]
    async fn elided(&self, login: &UserLogin, _ctx: &EventContext<'_>) {
        let _ = self.dictionary.find(&login.header);
    }

    #[hook("lookup")]
    fn answer(&self, _lookup: &Lookup) -> Option<&'static str> {
        Some("found")
    }
}

static PLUGINS: PluginSet = plugins![Auth, English];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 2);
}
