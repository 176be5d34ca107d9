// Pages with small swaps.
import "../vendor/htmx.js";
