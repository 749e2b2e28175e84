"""CUE sheets, as CDRWIN began them and everybody has written them since: read whole, judged, and written strictly."""
