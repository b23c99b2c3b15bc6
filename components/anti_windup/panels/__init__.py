"""What the panels of the Anti-windup view share: fields of a state, the frame, exports."""
