// Which family's outputs a network has, told from their names, shapes and the nodes before them.
// Private to src/model.
#pragma once

#include "model/families/reading.h"
#include "saccade/error.h"

namespace saccade::model {

/// The one reading that the network has, or the one that the hints' family asks for. Errors:
/// unsupported (none, or several that can't be told apart: the message has the outputs' shapes and
/// what spoke against the nearest families; the remedy names the families known); invalid_argument
/// (the outputs can't be read as the family asked for).
Result<Reading> read_head(const HeadContext& context);

}  // namespace saccade::model
