from saccade._command import main

main()
