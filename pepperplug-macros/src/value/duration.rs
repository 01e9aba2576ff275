//! Durations: a whole number and a unit, `250ms`, `5s`, `2m`, `1h`.

const UNITS: &[(&str, u64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// Reads a duration and answers in milliseconds, or says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<u64, &'static str> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err("does not begin with a whole number");
    }
    if unit.is_empty() {
        return Err("has no unit");
    }
    let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err("has an unknown unit");
    };
    let milliseconds = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*factor));
    match milliseconds {
        None => Err("is too long to count"),
        Some(0) => Err("is zero"),
        Some(milliseconds) => Ok(milliseconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit() {
        assert_eq!(parse("250ms"), Ok(250));
        assert_eq!(parse("5s"), Ok(5_000));
        assert_eq!(parse("2m"), Ok(120_000));
        assert_eq!(parse("1h"), Ok(3_600_000));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(""), Err("does not begin with a whole number"));
        assert_eq!(parse("-5s"), Err("does not begin with a whole number"));
        assert_eq!(parse("5"), Err("has no unit"));
        assert_eq!(parse("5 s"), Err("has an unknown unit"));
        assert_eq!(parse("5sec"), Err("has an unknown unit"));
        assert_eq!(parse("0s"), Err("is zero"));
        assert_eq!(parse("99999999999999999999h"), Err("is too long to count"));
    }
}
