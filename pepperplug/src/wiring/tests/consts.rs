//! What the compiler finds is what is found at run time: the same lists, judged in a `const`.

use super::parts::*;
use crate::inject::EdgeKind::{Lazy, Many, One, Optional};
use crate::inject::{Injection, Target};
use crate::meta::{MetaRef, PluginMeta, ServiceMeta};
use crate::registry::EventRef;
use crate::version::{Comparator, Op, VersionReq};
use crate::wiring::{Candidate, Message, Wiring, check_ring, problems};

/// What each entry of a list is told by the compiler.
macro_rules! in_const {
    ($metas:expr, $candidates:expr) => {{
        const METAS: &[MetaRef] = $metas;
        const COUNT: usize = METAS.len();
        const WIRING: &Wiring<COUNT> = &Wiring::new(METAS, $candidates);
        const FAULTS: [Option<Message>; COUNT] = {
            let mut faults = [None; COUNT];
            let mut at = 0;
            while at < COUNT {
                faults[at] = WIRING.fault_of(at);
                at += 1;
            }
            faults
        };
        let faults = FAULTS.iter().flatten();
        faults.flat_map(Message::faults).collect::<Vec<String>>()
    }};
}

const fn of(plugin: &'static PluginMeta) -> Target {
    Target::Plugin(MetaRef::new(plugin))
}

static CACHE: ServiceMeta = service_meta("cache", "Cache", "api", 3);
static KEY_VALUE: ServiceMeta = service_meta("cache", "KeyValue", "api", 9);
static CLOCK: ServiceMeta = service_meta("clock", "Clock", "api", 5);

const FROM_2: VersionReq = VersionReq::new(&[Comparator::new(Op::GreaterEq, 2, None, None, "")]);

static MEMORY: PluginMeta =
    plugin_meta("memory", "Memory", "memory").provides(&[provided(&CACHE), provided(&CACHE)]);
static REDIS: PluginMeta = plugin_meta("redis", "Redis", "redis")
    .provides(&[provided(&CACHE)])
    .injects(&[settings(4)])
    .settings_section("memory");
static OTHER_REDIS: PluginMeta = plugin_meta("redis", "Redis", "other_redis");
static BLOBS: PluginMeta = plugin_meta("blobs", "Blobs", "blobs")
    .injects(&[
        settings(4),
        inject(One, Target::Service(&KEY_VALUE), 5),
        inject(Optional, Target::Service(&CACHE), 6),
        inject(One, Target::Service(&CACHE), 7).name("redsi"),
    ])
    .settings_section("memory");
static AUTH: PluginMeta = plugin_meta("auth", "Auth", "auth")
    .injects(&[
        inject(Lazy, of(&UNLISTED), 5),
        inject(One, Target::Service(&CLOCK), 6),
        inject(One, Target::Service(&CACHE), 7)
            .name("memory")
            .version(FROM_2),
        inject(One, of(&MAIL), 8),
    ])
    .requires(&[
        requirement("memory", FROM_2, 9),
        requirement("nobody", VersionReq::ANY, 10),
        requirement("unlisted", VersionReq::ANY, 11),
    ])
    .hooks(&[
        hook_on(EventRef::of::<UserLogin>(), "on_login", 20).before(&["mail"]),
        hook_on(EventRef::of::<SignIn>(), "on_sign_in", 21),
    ]);
static MAIL: PluginMeta = plugin_meta("mail", "Mail", "mail")
    .injects(&[inject(Many, Target::Service(&CACHE), 5)])
    .requires(&[requirement("auth", VersionReq::ANY, 6)])
    .hooks(&[
        hook_named("user.*", "greet", 30).before(&["auth"]),
        hook_on(EventRef::of::<UserLogin>(), "count", 31),
    ]);
static UNLISTED: PluginMeta = plugin_meta("unlisted", "Unlisted", "unlisted");

const CANDIDATES: &[Candidate] = &[
    Candidate::new("memory::Memory", "", true),
    Candidate::new("redis::Redis", "", true),
    Candidate::new("clocks::SystemClock", "feature = \"clock\"", false),
    Candidate::new("other_redis::Redis", "", true),
    Candidate::new("blobs::Blobs", "", true),
    Candidate::new("Memory", "", true),
    Candidate::new("auth::Auth", "", true),
    Candidate::new("mail::Mail", "", true),
];

#[test]
fn a_list_with_every_fault_has_the_same_texts_in_a_const() {
    const LIST: &[MetaRef] = &[
        MetaRef::new(&MEMORY),
        MetaRef::new(&REDIS),
        MetaRef::new(&OTHER_REDIS),
        MetaRef::new(&BLOBS),
        MetaRef::new(&MEMORY),
        MetaRef::new(&AUTH),
        MetaRef::new(&MAIL),
    ];
    let texts = problems(LIST, CANDIDATES, &[]);
    assert_eq!(in_const!(LIST, CANDIDATES), texts);
    let mut codes: Vec<&str> = texts.iter().map(|text| &text[1..6]).collect();
    codes.sort_unstable();
    codes.dedup();
    let all: Vec<String> = (40..=53)
        .filter(|code| *code != 48)
        .map(|code| format!("PP0{code}"))
        .collect();
    assert_eq!(codes, all);
}

#[test]
fn a_sound_list_has_no_fault_in_a_const() {
    const LIST: &[MetaRef] = &[MetaRef::new(&MEMORY), MetaRef::new(&UNLISTED)];
    assert_eq!(in_const!(LIST, &[]), problems(LIST, &[], &[]));
    assert_eq!(problems(LIST, &[], &[]), Vec::<String>::new());
    assert_eq!(in_const!(&[], &[]), Vec::<String>::new());
}

/// Plugins of one crate, each of which injects the next.
macro_rules! ring {
    ($($plugin:ident = $name:literal -> $next:ident;)*) => {
        $(static $plugin: PluginMeta = plugin_meta($name, stringify!($plugin), "app::plugins")
            .injects(&[inject(One, of(&$next), 9)]);)*
    };
}

ring! {
    ONE = "one" -> ONE;
    LEFT = "left" -> RIGHT;
    RIGHT = "right" -> LEFT;
    CLOUD = "cloud" -> AIR;
    AIR = "air" -> RAIN;
    RAIN = "rain" -> CLOUD;
    // It leads into a ring, and is in none.
    WIND = "wind" -> AIR;
    ASH = "ash" -> BIRCH;
    CEDAR = "cedar" -> BIRCH;
}

/// In two rings.
static BIRCH: PluginMeta = plugin_meta("birch", "BIRCH", "app")
    .injects(&[inject(One, of(&CEDAR), 9), inject(Optional, of(&ASH), 10)]);

/// What the crates of these plugins are told about rings.
macro_rules! rings_of {
    ($($plugin:ident)*) => {{
        const RINGS: &[Option<Message>] = &[$(check_ring(MetaRef::new(&$plugin))),*];
        RINGS.iter().map(|ring| ring.map(|ring| ring.as_str().to_owned())).collect::<Vec<_>>()
    }};
}

/// A ring of types inside a crate is told there, and once: the list says nothing more.
macro_rules! assert_told_by_the_first {
    ($($plugin:ident)*) => {{
        const LIST: &[MetaRef] = &[$(MetaRef::new(&$plugin)),*];
        let texts = problems(LIST, &[], &[]);
        assert_eq!(texts.len(), 1);
        let mut told = rings_of!($($plugin)*);
        assert_eq!(told.remove(0).as_ref(), texts.first());
        assert!(told.iter().all(Option::is_none), "{told:?}");
        assert_eq!(in_const!(LIST, &[]), Vec::<String>::new());
    }};
}

#[test]
fn a_ring_of_types_is_told_in_its_crate_by_its_first_plugin() {
    assert_told_by_the_first!(ONE);
    assert_told_by_the_first!(LEFT RIGHT);
    assert_told_by_the_first!(AIR CLOUD RAIN WIND);
    assert_told_by_the_first!(ASH BIRCH CEDAR);
}

#[test]
fn the_text_of_a_ring_in_a_crate_names_every_edge() {
    let told = rings_of!(AIR);
    let text = "\
[PP041] plugins depend on each other in a ring: air -> rain -> cloud -> air
src/lib.rs:9 injects `rain`
src/lib.rs:9 injects `cloud`
src/lib.rs:9 injects `air`
help: make one edge lazy: `Lazy<AIR>` at src/lib.rs:9";
    assert_eq!(told, [Some(text.to_owned())]);
}

/// More than one plugin's walk takes in.
const MANY: usize = 70;

static NAMES: [[u8; 3]; MANY] = {
    let mut names = [*b"p00"; MANY];
    let mut at = 0;
    while at < MANY {
        names[at][1] += at as u8 / 10;
        names[at][2] += at as u8 % 10;
        at += 1;
    }
    names
};

const fn name(at: usize) -> &'static str {
    match core::str::from_utf8(&NAMES[at]) {
        Ok(name) => name,
        Err(_) => panic!("letters and digits"),
    }
}

static NEXT: [Injection; MANY] = {
    let mut next = [const { inject(One, of(&LONG[0]), 9) }; MANY];
    let mut at = 0;
    while at < MANY - 1 {
        next[at] = inject(One, of(&LONG[at + 1]), 9);
        at += 1;
    }
    next
};

static LONG: [PluginMeta; MANY] = {
    let mut metas = [const { plugin_meta("", "Long", "app") }; MANY];
    let mut at = 0;
    while at < MANY {
        let injects = core::slice::from_ref(&NEXT[at]);
        metas[at] = plugin_meta(name(at), "Long", "app").injects(injects);
        at += 1;
    }
    metas
};

const LONG_LIST: [MetaRef; MANY] = {
    let mut list = [MetaRef::new(&LONG[0]); MANY];
    let mut at = 0;
    while at < MANY {
        list[at] = MetaRef::new(&LONG[at]);
        at += 1;
    }
    list
};

#[test]
fn a_ring_beyond_the_reach_of_a_crate_is_told_by_the_list() {
    const IN_ITS_CRATE: Option<Message> = check_ring(LONG_LIST[0]);
    assert!(IN_ITS_CRATE.is_none());
    let texts = problems(&LONG_LIST, &[], &[]);
    assert_eq!(texts.len(), 1);
    assert_eq!(in_const!(&LONG_LIST, &[]), texts);
    let first = texts[0].lines().next();
    assert!(first.is_some_and(|line| line.ends_with(" -> … -> p00 (70 plugins)")));
}
