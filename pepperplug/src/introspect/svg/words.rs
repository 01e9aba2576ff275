//! How wide a text is, and how it is written into XML.

/// The widths of the printable ASCII characters in thousandths of the font size, regular and bold: those of DejaVu Sans,
/// which are also those of Verdana. Other fonts that the picture may be shown in are narrower.
const REGULAR: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];

pub(super) const FONTS: &str = "'DejaVu Sans', Verdana, 'Segoe UI', Arial, sans-serif";

/// A font's weight and size.
#[derive(Clone, Copy)]
pub(super) enum Font {
    Bold(f64),
    Regular(f64),
}

impl Font {
    pub(super) fn width_of(self, text: &str) -> f64 {
        let (widths, size) = match self {
            Self::Bold(size) => (&BOLD, size),
            Self::Regular(size) => (&REGULAR, size),
        };
        let width = |c: char| {
            let printable = (c as usize).checked_sub(' ' as usize);
            match printable.and_then(|at| widths.get(at)) {
                Some(width) => f64::from(*width),
                // Of other alphabets hardly any letter is wider; of ideographs, each is one wide.
                None => 1_000.0,
            }
        };
        text.chars().map(width).sum::<f64>() * size / 1_000.0
    }

    /// The text, shortened in its middle where it is wider than `limit`: names differ at both ends.
    pub(super) fn fit(self, text: &str, limit: f64) -> String {
        if self.width_of(text) <= limit {
            return text.to_owned();
        }
        let chars: Vec<char> = text.chars().collect();
        let shortened = |kept: usize| {
            let (head, tail) = (kept.div_ceil(2), kept / 2);
            let head = chars[..head].iter();
            let tail = chars[chars.len() - tail..].iter();
            head.chain(['…'].iter()).chain(tail).collect::<String>()
        };
        let fits = |kept: &usize| self.width_of(&shortened(*kept)) <= limit;
        shortened((0..chars.len()).rev().find(fits).unwrap_or_default())
    }
}

/// A text as XML has it, in elements and in attributes. What XML cannot have at all is replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.push(char::REPLACEMENT_CHARACTER);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{Font, escape};

    #[test]
    fn what_xml_reads_as_its_own_is_escaped() {
        assert_eq!(
            escape("<a b=\"c\"> & d\u{0}\u{ffff}\n"),
            "&lt;a b=&quot;c&quot;&gt; &amp; d\u{fffd}\u{fffd}\n"
        );
    }

    #[test]
    fn a_text_that_is_too_wide_loses_its_middle() {
        let font = Font::Regular(10.0);
        assert_eq!(font.fit("short", 200.0), "short");
        let fitted = font.fit("a-name-that-nobody-would-want-to-write", 100.0);
        assert!(font.width_of(&fitted) <= 100.0, "{fitted}");
        assert!(
            fitted.starts_with("a-name") && fitted.ends_with("write"),
            "{fitted}"
        );
        assert_eq!(font.fit("anything", 0.0), "…");
    }
}
