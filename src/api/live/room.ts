/** Room for so many at once. */
export interface Room {
  readonly taken: number;
  readonly isFull: boolean;
  /** Takes a place, even where there should be none left; gives how to leave it, which may be called twice. */
  enter(): () => void;
}

export function createRoom(places: number): Room {
  const inside = new Set<symbol>();
  return {
    get taken() {
      return inside.size;
    },
    get isFull() {
      return inside.size >= places;
    },
    enter() {
      const place = Symbol('place');
      inside.add(place);
      return () => void inside.delete(place);
    },
  };
}
