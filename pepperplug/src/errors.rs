#![doc = include_str!("docs/errors.md")]

/// A module for each page, so that each has a stable address and its programs are tests.
macro_rules! pages {
    ($($module:ident = $code:literal,)*) => {
        $(
            #[doc = include_str!(concat!("docs/errors/", $code, ".md"))]
            pub mod $module {}
        )*

        /// All codes, in order.
        #[doc(hidden)]
        pub const CODES: &[&str] = &[$($code),*];
    };
}

pages! {
    pp001 = "PP001",
    pp002 = "PP002",
    pp003 = "PP003",
    pp004 = "PP004",
    pp005 = "PP005",
    pp006 = "PP006",
    pp007 = "PP007",
    pp008 = "PP008",
    pp009 = "PP009",
    pp010 = "PP010",
    pp011 = "PP011",
    pp012 = "PP012",
    pp013 = "PP013",
    pp014 = "PP014",
    pp015 = "PP015",
    pp016 = "PP016",
    pp017 = "PP017",
    pp018 = "PP018",
    pp019 = "PP019",
    pp020 = "PP020",
    pp021 = "PP021",
    pp022 = "PP022",
    pp024 = "PP024",
    pp025 = "PP025",
    pp026 = "PP026",
    pp027 = "PP027",
    pp030 = "PP030",
    pp032 = "PP032",
    pp033 = "PP033",
    pp034 = "PP034",
    pp035 = "PP035",
    pp038 = "PP038",
    pp039 = "PP039",
    pp070 = "PP070",
    pp071 = "PP071",
    pp073 = "PP073",
    pp074 = "PP074",
    pp076 = "PP076",
    pp077 = "PP077",
    pp078 = "PP078",
    pp079 = "PP079",
    pp080 = "PP080",
    pp082 = "PP082",
    pp083 = "PP083",
    pp084 = "PP084",
    pp085 = "PP085",
    pp086 = "PP086",
    pp090 = "PP090",
    pp091 = "PP091",
    pp092 = "PP092",
    pp093 = "PP093",
    pp094 = "PP094",
    pp095 = "PP095",
    pp096 = "PP096",
    pp097 = "PP097",
    pp098 = "PP098",
    pp099 = "PP099",
    pp100 = "PP100",
    pp101 = "PP101",
    pp102 = "PP102",
    pp103 = "PP103",
    pp210 = "PP210",
    pp211 = "PP211",
    pp212 = "PP212",
    pp213 = "PP213",
    pp214 = "PP214",
    pp215 = "PP215",
    pp220 = "PP220",
    pp221 = "PP221",
    pp222 = "PP222",
    pp223 = "PP223",
    pp224 = "PP224",
    pp225 = "PP225",
    pp226 = "PP226",
    pp230 = "PP230",
    pp231 = "PP231",
    pp240 = "PP240",
    pp241 = "PP241",
    pp242 = "PP242",
}

#[cfg(test)]
mod tests;
