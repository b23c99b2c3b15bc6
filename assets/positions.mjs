/* The positions of a slider. */

/**
 * @param {ArrayLike<number>} positions
 * @param {number} value
 * @returns {number} Index of the position nearest to the value, the first of two as near.
 */
export function nearest(positions, value) {
  let best = 0;
  for (let i = 1; i < positions.length; i++) {
    if (Math.abs(positions[i] - value) < Math.abs(positions[best] - value)) best = i;
  }
  return best;
}
