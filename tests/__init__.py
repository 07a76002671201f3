"""The tests of presswatch: folders mirror the packages."""
