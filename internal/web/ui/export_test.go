package ui

// IsMark is for external tests.
var IsMark = isMark
