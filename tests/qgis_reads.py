# SPDX-License-Identifier: Apache-2.0
"""What QGIS itself makes of an OGC API - Features address: run by tests/serve_qgis.py with the Python that has QGIS, without a screen.

usage: qgis_reads.py ADDRESS PAGE_SIZE      prints one JSON object
"""
import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import Qgis, QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer  # noqa: E402

address, page = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()


def layer(sql=""):
    source = f"pagingEnabled='true' pageSize='{page}' maxNumFeatures='0' preferCoordinatesForWfsT11='false' restrictToRequestBBOX='1' typename='incidents' url='{address}'"
    made = QgsVectorLayer(source + (f" sql={sql}" if sql else ""), "incidents", "OAPIF")
    if not made.isValid():
        sys.exit(f"QGIS does not take the layer: {made.error().message()} {made.dataProvider().error().message() if made.dataProvider() else ''}")
    return made


def ids(features):
    return sorted(feature["id"] for feature in features)


whole = layer()
fields = [field.name() for field in whole.fields()]
start = next(name for name in fields if name.startswith("start"))
box = QgsFeatureRequest(QgsRectangle(36.9, 36.0, 37.4, 36.4))
timed = layer()
timed.setSubsetString(f"\"{start}\" >= '2016-05-01T00:00:00Z' AND \"{start}\" < '2016-05-04T00:00:00Z'")
print(json.dumps({"version": Qgis.version(), "fields": fields, "all": ids(whole.getFeatures()), "boxed": ids(whole.getFeatures(box)),
                  "time_filter": timed.subsetString(), "timed": ids(timed.getFeatures()),
                  "geometry": whole.geometryType() == 0}), flush=True)
os._exit(0)  # QGIS 3.22 may crash as Python takes its layers apart
