//! The graph as a picture, drawn here.
//!
//! It stands on its own: texts are measured with a table of widths, and the style is in the file, for light and dark
//! backgrounds alike. Each state has a colour, a sign and a word.

mod layout;
mod legend;
mod paint;
mod scene;
mod ties;
mod words;

use self::paint::Painter;
use self::scene::Scene;
use super::description::Description;

/// Draws a description.
pub(super) fn svg(description: &Description) -> String {
    let scene = Scene::new(description);
    let layout = layout::layout(&scene.chart);
    Painter::new(&scene, &layout).paint()
}

#[cfg(test)]
mod tests;
