// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// OGC API - Features, Part 1: Core (17-069r4), with GeoJSON, below `/ogc/`: QGIS and GDAL connect to it. Collections:
/// incidents, accounts, areas, hotspots.
void add_ogc(Router& router, const Context& context);

}  // namespace truce::server
