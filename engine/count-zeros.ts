export function countZeros(numbers: Float64Array): number {
  let zeros = 0;
  for (let i = 0; i < numbers.length; i++) zeros += numbers[i] === 0 ? 1 : 0;
  return zeros;
}
