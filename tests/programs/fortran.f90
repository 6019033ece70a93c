! SPDX-License-Identifier: MIT
! A subroutine that is called 100 times.
subroutine leaf(x)
  integer, intent(inout) :: x
  x = x + 1
end subroutine

program main
  integer :: i, s
  s = 0
  do i = 1, 100
    call leaf(s)
  end do
  if (s /= 100) stop 1
end program
