// Shows the OpenAPI document. No validator outside is asked.
"use strict";
SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#documentation", validatorUrl: null });
