//! The codes of the macro layer. Each has a page in the documentation; the numbers never change.

use crate::diag::Code;

pub(crate) const BAD_NAME: Code = Code(1);
pub(crate) const BAD_VERSION: Code = Code(2);
pub(crate) const BAD_RANGE: Code = Code(3);
pub(crate) const BAD_DURATION: Code = Code(4);
pub(crate) const BAD_PRIORITY: Code = Code(5);
pub(crate) const OUT_OF_RANGE: Code = Code(6);
pub(crate) const WRONG_KIND: Code = Code(7);
pub(crate) const WRONG_ARITY: Code = Code(8);
pub(crate) const GIVEN_TWICE: Code = Code(9);
pub(crate) const CONTRADICTION: Code = Code(10);
pub(crate) const UNKNOWN_WORD: Code = Code(11);
pub(crate) const UNKNOWN_OPTION: Code = Code(12);
pub(crate) const BAD_REQUIREMENT: Code = Code(13);
pub(crate) const PROVIDES_NOT_DYN: Code = Code(14);
pub(crate) const SYNTAX: Code = Code(15);
pub(crate) const HOOK_WITHOUT_EVENT: Code = Code(16);
pub(crate) const BAD_PATTERN: Code = Code(17);
pub(crate) const BAD_CRATE_PATH: Code = Code(18);
pub(crate) const ATTRIBUTE_TWICE: Code = Code(19);
pub(crate) const NOT_INJECTABLE: Code = Code(20);
pub(crate) const INJECT_TAKES_NONE: Code = Code(24);
pub(crate) const TWO_SETTINGS: Code = Code(27);

pub(crate) const NOT_AN_EVENT: Code = Code(30);

pub(crate) const NOT_A_PLUGIN_ITEM: Code = Code(70);
pub(crate) const GENERIC_PLUGIN: Code = Code(71);
pub(crate) const TRAIT_IMPL: Code = Code(73);
pub(crate) const BAD_IMPL: Code = Code(74);
pub(crate) const OPTIONS_ON_IMPL: Code = Code(76);
pub(crate) const NOT_AN_EVENT_ITEM: Code = Code(77);
pub(crate) const GENERIC_EVENT: Code = Code(78);
pub(crate) const NOT_A_SERVICE_ITEM: Code = Code(79);
pub(crate) const GENERIC_SERVICE: Code = Code(80);
pub(crate) const NOT_DYN: Code = Code(81);
pub(crate) const SERVICE_BOUNDS: Code = Code(82);
pub(crate) const HOOK_OUTSIDE: Code = Code(83);
pub(crate) const INJECT_OUTSIDE: Code = Code(84);
pub(crate) const NOT_A_PATH: Code = Code(85);
pub(crate) const NOT_A_CFG: Code = Code(86);
pub(crate) const HOOK_WITHOUT_SELF: Code = Code(90);
pub(crate) const HOOK_RECEIVER: Code = Code(91);
pub(crate) const HOOK_WITHOUT_ARGUMENT: Code = Code(92);
pub(crate) const HOOK_ARGUMENTS: Code = Code(93);
pub(crate) const GENERIC_HOOK: Code = Code(94);
pub(crate) const HOOK_QUALIFIER: Code = Code(95);
pub(crate) const BAD_INITIALIZE: Code = Code(96);
pub(crate) const BAD_CLEANUP: Code = Code(97);
pub(crate) const BAD_RECONFIGURE: Code = Code(98);
pub(crate) const LIFECYCLE_HOOK: Code = Code(99);
pub(crate) const EVENT_BY_VALUE: Code = Code(100);
pub(crate) const NOT_A_CONTEXT: Code = Code(101);
pub(crate) const PATTERN_HOOK: Code = Code(102);
pub(crate) const BAD_PARAMETER: Code = Code(103);
