"""Papers and pictures that a person keeps: specimen licences as PDF, the help number as PNG."""
